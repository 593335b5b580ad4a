// Verifies each webhook that arrives with the package standardwebhooks: 204 if it holds, 400 with the reason if not.
// Prints "PORT n" once it listens and ends when its standard input does.
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.argv[2]);

const server = createServer((request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    try {
      const payload = webhook.verify(Buffer.concat(pieces).toString("utf8"), request.headers);
      response.writeHead(204, { "x-type": payload.type });
      response.end();
    } catch (error) {
      response.writeHead(400);
      response.end(error.message);
    }
  });
});

server.listen(0, "127.0.0.1", () => console.log(`PORT ${server.address().port}`));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
