// An MQTT broker (aedes) behind WebSockets (ws). Prints its port; ends with its standard input.
// Arguments: the directory with node_modules, and how to cut what it sends:
//   whole      a frame for each write of the broker
//   fragments  each such frame in fragments of one byte, with pings in between
"use strict";

const { createRequire } = require("node:module");
const { Duplex } = require("node:stream");
const [directory, cut] = process.argv.slice(2);
const needs = createRequire(directory + "/");
const { WebSocketServer } = needs("ws");
const aedes = needs("aedes")();

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  path: "/mqtt",
  handleProtocols: (offered) => (offered.has("mqtt") ? "mqtt" : false),
});

server.on("connection", (socket, request) => {
  const stream = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      if (cut !== "fragments") {
        socket.send(chunk, { binary: true }, done);
        return;
      }
      for (let i = 0; i < chunk.length; i++) {
        const last = i === chunk.length - 1;
        if (i % 7 === 0) socket.ping(Buffer.from([i & 0xff]));
        socket.send(chunk.subarray(i, i + 1), { binary: true, fin: last }, last ? done : undefined);
      }
    },
    final(done) {
      socket.close(1000);
      done();
    },
    destroy(error, done) {
      socket.terminate();
      done(error);
    },
  });
  socket.on("message", (data, binary) => {
    if (!binary) return socket.close(1003);
    stream.push(data);
  });
  socket.on("close", () => stream.push(null));
  socket.on("error", () => stream.destroy());
  stream.on("error", () => socket.terminate());
  aedes.handle(stream, request);
});

server.on("listening", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit(0)).resume();
