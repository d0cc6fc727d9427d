// Publishes a message and receives it, from Node.js by koffi (npm install koffi).
//
// Usage: node koffi_client.js LIBRARY HOST PORT
//
// LIBRARY is "libmosquitto.so.1" or a path. The loop runs in short turns, so that the rest of the program is served too.

const koffi = require("koffi");

const [file, host, port] = process.argv.slice(2);
const library = koffi.load(file);

koffi.opaque("mosquitto");
const Message = koffi.struct("mosquitto_message", {
    mid: "int",
    topic: "str",
    payload: "void *",
    payloadlen: "int",
    qos: "int",
    retain: "bool",
});
const OnConnect = koffi.proto("void on_connect(mosquitto *mosq, void *userdata, int rc)");
const OnSubscribe = koffi.proto("void on_subscribe(mosquitto *mosq, void *userdata, int mid, int count, const int *granted)");
const OnMessage = koffi.proto("void on_message(mosquitto *mosq, void *userdata, const mosquitto_message *message)");

const create = library.func("mosquitto *mosquitto_new(const char *id, bool clean_session, void *obj)");
const destroy = library.func("void mosquitto_destroy(mosquitto *mosq)");
const connect = library.func("int mosquitto_connect(mosquitto *mosq, const char *host, int port, int keepalive)");
const disconnect = library.func("int mosquitto_disconnect(mosquitto *mosq)");
const subscribe = library.func("int mosquitto_subscribe(mosquitto *mosq, int *mid, const char *sub, int qos)");
const publish = library.func(
    "int mosquitto_publish(mosquitto *mosq, int *mid, const char *topic, int payloadlen, const void *payload, int qos, bool retain)",
);
const loop = library.func("int mosquitto_loop(mosquitto *mosq, int timeout, int max_packets)");
const strerror = library.func("const char *mosquitto_strerror(int mosq_errno)");
const onConnect = library.func("void mosquitto_connect_callback_set(mosquitto *mosq, on_connect *function)");
const onSubscribe = library.func("void mosquitto_subscribe_callback_set(mosquitto *mosq, on_subscribe *function)");
const onMessage = library.func("void mosquitto_message_callback_set(mosquitto *mosq, on_message *function)");

function check(rc) {
    if (rc !== 0) {
        throw new Error(strerror(rc));
    }
}

const client = create(null, true, null);
let done = false;

// Registered, so that they stay while the library knows them.
const connected = koffi.register(() => check(subscribe(client, null, "greeting", 1)), koffi.pointer(OnConnect));
const subscribed = koffi.register(() => {
    const payload = Buffer.from("hello");
    check(publish(client, null, "greeting", payload.length, payload, 1, false));
}, koffi.pointer(OnSubscribe));
const arrived = koffi.register((mosq, userdata, pointer) => {
    const message = koffi.decode(pointer, Message);
    const payload = Buffer.from(koffi.decode(message.payload, "uint8_t", message.payloadlen));
    console.log(`${message.topic}: ${payload}`);
    done = true;
    check(disconnect(client));
}, koffi.pointer(OnMessage));

onConnect(client, connected);
onSubscribe(client, subscribed);
onMessage(client, arrived);
check(connect(client, host, Number(port), 60));

function turn() {
    if (!done) {
        check(loop(client, 10, 1));
        setImmediate(turn);
        return;
    }
    destroy(client);
    for (const callback of [connected, subscribed, arrived]) {
        koffi.unregister(callback);
    }
}
turn();
