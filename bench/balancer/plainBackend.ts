import { createServer, type AddressInfo } from "node:net";

// The backend where HAProxy is not installed: the same bytes to every question, over plain sockets.
const body = process.argv[2] ?? "";
const answer = `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const server = createServer((socket) => {
  let head = "";
  socket.setNoDelay(true).on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    head += chunk.toString("latin1");
    for (let at = head.indexOf("\r\n\r\n"); at >= 0; at = head.indexOf("\r\n\r\n")) {
      head = head.slice(at + 4);
      socket.write(answer);
    }
  });
});
server.listen(0, "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
process.stdin.resume().on("end", () => process.exit(0));
