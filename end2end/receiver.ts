import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** What another program was called with. */
export interface Call {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Another program that the catalogue calls; it keeps what it is sent and answers what it is told to. */
export interface Receiver {
  url: string;
  /** What it answers from now on. */
  status: number;
  /** The calls so far. */
  calls: Call[];
  close(): Promise<void>;
}

/** Starts a receiver on a free port of this machine; all is well with it. */
export async function startReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      receiver.calls.push({ path: request.url ?? "", headers: request.headers, body });
      response.writeHead(receiver.status, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise<void>((done) => server.close(() => done()));
  };
  const receiver: Receiver = { url: `http://127.0.0.1:${port}`, status: 200, calls: [], close };
  return receiver;
}
