// aedes on TCP, TLS and WebSockets. Prints the three ports; ends with its standard input.
// Arguments: the directory with node_modules, the server's certificate and its key.
"use strict";

const fs = require("node:fs");
const http = require("node:http");
const net = require("node:net");
const tls = require("node:tls");
const { createRequire } = require("node:module");
const [directory, certificate, key] = process.argv.slice(2);
const needs = createRequire(directory + "/");
const { WebSocketServer, createWebSocketStream } = needs("ws");
const aedes = needs("aedes")();

const web = http.createServer();
const sockets = new WebSocketServer({ server: web, handleProtocols: () => "mqtt" });
sockets.on("connection", (socket, request) => aedes.handle(createWebSocketStream(socket), request));
const encrypted = { cert: fs.readFileSync(certificate), key: fs.readFileSync(key) };
const servers = [net.createServer(aedes.handle), tls.createServer(encrypted, aedes.handle), web];

let left = servers.length;
for (const server of servers) {
  server.listen(0, "127.0.0.1", () => {
    left -= 1;
    if (left === 0) console.log(servers.map((server) => server.address().port).join(" "));
  });
}
process.stdin.on("end", () => process.exit(0)).resume();
