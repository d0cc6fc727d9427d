-- Publishes a message and receives it, from LuaJIT: its FFI takes the declarations of the header as they are.
--
-- Usage: luajit luajit_client.lua LIBRARY HOST PORT
--
-- LIBRARY is "libmosquitto.so.1" or a path.

local ffi = require("ffi")

ffi.cdef([[
struct mosquitto;
struct mosquitto_message {
    int mid;
    char *topic;
    void *payload;
    int payloadlen;
    int qos;
    bool retain;
};
struct mosquitto *mosquitto_new(const char *id, bool clean_session, void *obj);
void mosquitto_destroy(struct mosquitto *mosq);
int mosquitto_connect(struct mosquitto *mosq, const char *host, int port, int keepalive);
int mosquitto_disconnect(struct mosquitto *mosq);
int mosquitto_subscribe(struct mosquitto *mosq, int *mid, const char *sub, int qos);
int mosquitto_publish(struct mosquitto *mosq, int *mid, const char *topic, int payloadlen, const void *payload, int qos,
    bool retain);
int mosquitto_loop(struct mosquitto *mosq, int timeout, int max_packets);
const char *mosquitto_strerror(int mosq_errno);
void mosquitto_connect_callback_set(struct mosquitto *mosq, void (*on_connect)(struct mosquitto *, void *, int));
void mosquitto_subscribe_callback_set(struct mosquitto *mosq,
    void (*on_subscribe)(struct mosquitto *, void *, int, int, const int *));
void mosquitto_message_callback_set(struct mosquitto *mosq,
    void (*on_message)(struct mosquitto *, void *, const struct mosquitto_message *));
]])

local library = ffi.load(arg[1])

local function check(rc)
    if rc ~= 0 then
        error(ffi.string(library.mosquitto_strerror(rc)))
    end
end

local client = library.mosquitto_new(nil, true, nil)
local done = false

library.mosquitto_connect_callback_set(client, function(mosq)
    check(library.mosquitto_subscribe(mosq, nil, "greeting", 1))
end)
library.mosquitto_subscribe_callback_set(client, function(mosq)
    check(library.mosquitto_publish(mosq, nil, "greeting", 5, "hello", 1, false))
end)
library.mosquitto_message_callback_set(client, function(mosq, _, message)
    print(ffi.string(message.topic) .. ": " .. ffi.string(message.payload, message.payloadlen))
    done = true
    check(library.mosquitto_disconnect(mosq))
end)

check(library.mosquitto_connect(client, arg[2], tonumber(arg[3]), 60))

-- A function that calls back into Lua must not be compiled by the JIT, or LuaJIT says "bad callback".
jit.off()
while not done do
    check(library.mosquitto_loop(client, -1, 1))
end
library.mosquitto_destroy(client)
