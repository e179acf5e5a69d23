import { createServer, type AddressInfo, type Socket } from "node:net";

/** A mail server that keeps what it is sent. */
export interface MailServer {
  /** Its address, as `SMTP_URL` takes it. */
  url: string;
  /** The letters received so far, as sent. */
  letters: string[];
  close(): Promise<void>;
}

/** Speaks as much SMTP as a client needs to hand a letter over. */
function talk(socket: Socket, letters: string[]): void {
  let text = "";
  let letter: string | null = null;
  const say = (line: string) => socket.write(`${line}\r\n`);
  socket.on("error", () => socket.destroy());
  say("220 tests ESMTP");
  socket.on("data", (bytes) => {
    text += bytes.toString("utf8");
    for (let end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n")) {
      const line = text.slice(0, end);
      text = text.slice(end + 2);
      if (letter !== null) {
        if (line !== ".") letter += `${line.replace(/^\./, "")}\r\n`;
        else {
          letters.push(letter);
          letter = null;
          say("250 taken");
        }
      } else if (line.toUpperCase() === "DATA") {
        letter = "";
        say("354 go on");
      } else if (line.toUpperCase() === "QUIT") {
        say("221 bye");
        socket.end();
      } else say("250 fine");
    }
  });
}

/** A letter without the marks of its encoding. */
export function plain(letter: string): string {
  return letter.replaceAll("=\r\n", "").replaceAll("=3D", "=");
}

/** Starts a mail server on a free port of this machine. */
export async function startMailServer(): Promise<MailServer> {
  const letters: string[] = [];
  const server = createServer((socket) => talk(socket, letters));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const close = async () => new Promise<void>((done) => server.close(() => done()));
  return { url: `smtp://127.0.0.1:${port}`, letters, close };
}
