// Many browsers' connections for little: each stays open, asks once a second, and remembers the entity tag it was given.
import { connect } from "node:net";
import { now, pause } from "./program.mjs";

const END = Buffer.from("\r\n\r\n");
const LAST = Buffer.from("0\r\n\r\n");

// The end of the answer that begins this text, and what stands in its head; undefined while it is not all there.
function parse(text) {
  const head = text.indexOf(END);
  if (head < 0) return undefined;
  const lines = text.toString("latin1", 0, head);
  const status = Number(lines.slice(9, 12));
  const field = (name) => lines.match(new RegExp(`^${name}: *(.*)$`, "im"))?.[1].trim();
  const length = status === 304 ? "0" : field("content-length");
  if (length !== undefined && text.length < head + 4 + Number(length)) return undefined;
  if (length === undefined && text.indexOf(LAST, head) < 0) return undefined;
  return { status, tag: field("etag"), body: text.subarray(head + 4) };
}

// One client: asks for one path, `interval` apart, until `until`; `take` is given every answer.
export async function client({ host, port, path, interval, from, until, take }) {
  let parts = [];
  let socket;
  let wake = () => {};
  let tag;
  await pause(from - now());
  while (now() < until) {
    if (!socket || socket.destroyed) {
      socket = connect(port, host).setNoDelay(true);
      socket.on("data", (part) => (parts.push(part), wake())).on("error", () => {}).on("close", () => wake());
    }
    const asked = socket;
    const began = now();
    parts = [];
    asked.write(`GET ${path} HTTP/1.1\r\nhost: ${host}:${port}\r\naccept: */*\r\n${tag ? `if-none-match: ${tag}\r\n` : ""}\r\n`);
    let answer;
    while (!answer && !asked.destroyed && now() < until + 10000) {
      await new Promise((resolve) => (wake = resolve));
      if (parts.length > 1) parts = [Buffer.concat(parts)];
      if (parts.length > 0) answer = parse(parts[0]);
    }
    take({ path, asked: tag, began, ended: now(), ...answer });
    tag = answer?.tag ?? tag;
    await pause(began + interval - now());
  }
  socket?.destroy();
}
