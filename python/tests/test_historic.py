"""The interface of the historic module, as its page describes it."""

import contextlib
import io
import unittest

import mosquitto
from tests.support import BrokerTest, Subscriber, wait_until


class Page(BrokerTest):
    """The examples of the page, as written but for the port, and with an end."""

    def test_publisher(self) -> None:
        subscriber = Subscriber(self.broker.port, "hello/#")
        self.addCleanup(subscriber.close)

        mqttc = mosquitto.Mosquitto("python_pub")
        self.assertEqual(mqttc.connect("127.0.0.1", self.broker.port, 60), 0)
        self.assertEqual(mqttc.publish("hello/world", "Hello, World!"), 0)
        self.assertEqual(mqttc.loop(), 0)

        self.assertEqual(subscriber.wait(1), [("hello/world", b"Hello, World!")])

    def test_subscriber(self) -> None:
        port = self.broker.port
        events = []

        def on_connect(mosq, obj, rc):
            if rc == 0:
                print("Connected successfully.")

        def on_message(mosq, obj, msg):
            print("Message received on topic "+msg.topic+" with QoS "+str(msg.qos)+" and payload "+msg.payload)
            events.append("message")
            mosq.unsubscribe("page/#")

        def on_publish(mosq, obj, mid):
            print("Message "+str(mid)+" published.")

        def on_subscribe(mosq, obj, mid, qos_list):
            print("Subscribe with mid "+str(mid)+" received.")
            mosq.publish("page/1", "a message", 1)

        def on_unsubscribe(mosq, obj, mid):
            print("Unsubscribe with mid "+str(mid)+" received.")
            mosq.disconnect()

        def on_disconnect(mosq, obj, rc):
            print("Disconnected " + ("successfully." if rc == 0 else "unexpectedly"))
            events.append("disconnect")

        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            mqttc = mosquitto.Mosquitto("python_sub")
            mqttc.on_connect = on_connect
            mqttc.on_message = on_message
            mqttc.on_publish = on_publish
            mqttc.on_subscribe = on_subscribe
            mqttc.on_unsubscribe = on_unsubscribe
            mqttc.on_disconnect = on_disconnect
            mqttc.connect("127.0.0.1", port, 60)
            mqttc.subscribe("page/#", 2)
            while mqttc.loop() == 0:
                pass
        self.assertEqual(events, ["message", "disconnect"])
        lines = output.getvalue().splitlines()
        self.assertEqual(lines[0], "Connected successfully.")
        self.assertIn("Message received on topic page/1 with QoS 1 and payload a message", lines)
        self.assertEqual(lines[-1], "Disconnected successfully.")
        for start in ("Subscribe with mid ", "Unsubscribe with mid ", "Message 2 published."):
            self.assertTrue(any(line.startswith(start) for line in lines), (start, lines))


class Arguments(BrokerTest):
    def test_payloads(self) -> None:
        subscriber = Subscriber(self.broker.port, "payload/#")
        self.addCleanup(subscriber.close)
        mqttc = self.connect(mosquitto.Mosquitto())
        payloads = [None, "text", "ä€𝄞", b"\x00\xff", bytearray(b"array"), memoryview(b"view"), "", b"0" * 300_000]
        for payload in payloads:
            mqttc.publish("payload/x", payload)
        self.run_until(mqttc, lambda: len(subscriber.messages) == len(payloads))
        expected = [b"", b"text", "ä€𝄞".encode(), b"\x00\xff", b"array", b"view", b"", b"0" * 300_000]
        self.assertEqual([bytes(message.payload) for message in subscriber.messages], expected)
        self.assertEqual([message.payloadlen for message in subscriber.messages], [len(p) for p in expected])
        with self.assertRaises(TypeError):
            mqttc.publish("payload/x", 7)  # type: ignore[arg-type]
        with self.assertRaises(TypeError):
            mqttc.publish("payload/x", "y", "1")  # type: ignore[arg-type]

    def test_a_payload_too_large_for_a_packet(self) -> None:
        try:
            payload = bytes((1 << 32) + 5)  # zeros that nobody looks at take no memory
        except MemoryError:
            self.skipTest("not so much address space here")
        self.assertEqual(mosquitto.Mosquitto().publish("a", payload), mosquitto.MOSQ_ERR_PAYLOAD_SIZE)

    def test_numbers_of_errors(self) -> None:
        mqttc = mosquitto.Mosquitto("numbers")
        self.assertEqual(mqttc.publish("a", "b"), mosquitto.MOSQ_ERR_NO_CONN)
        self.assertEqual(mqttc.subscribe("a", 0), mosquitto.MOSQ_ERR_NO_CONN)
        self.assertEqual(mqttc.loop(0), mosquitto.MOSQ_ERR_NO_CONN)
        self.assertEqual(mqttc.publish("a/#", "b"), mosquitto.MOSQ_ERR_INVAL)
        self.assertEqual(mqttc.publish("a\0b", "b"), mosquitto.MOSQ_ERR_INVAL)
        self.assertEqual(mqttc.publish("\ud800", "b"), mosquitto.MOSQ_ERR_MALFORMED_UTF8)
        self.assertEqual(mqttc.publish("a", "b", 3), mosquitto.MOSQ_ERR_INVAL)
        self.assertEqual(mqttc.reconnect(), mosquitto.MOSQ_ERR_INVAL)
        self.assertEqual(mqttc.socket(), -1)
        with self.assertRaises(ValueError):
            mosquitto.Mosquitto(None, False)

    def test_object_and_bound_methods(self) -> None:
        seen = []

        class Program:
            def on_connect(self, mosq, obj, rc):
                seen.append((self, mosq, obj, rc))

        program = Program()
        mqttc = mosquitto.Mosquitto("object", True, "the object")
        mqttc.on_connect = program.on_connect
        self.connect(mqttc)
        self.run_until(mqttc, lambda: seen)
        self.assertEqual(seen, [(program, mqttc, "the object", 0)])
        mqttc.user_data_set("another")
        seen.clear()
        self.connect(mqttc)
        self.run_until(mqttc, lambda: seen)
        self.assertEqual(seen[0][2], "another")

    def test_methods_of_a_subclass(self) -> None:
        class Program(mosquitto.Mosquitto):
            connected = None

            def on_connect(self, mosq, obj, rc):
                self.connected = rc

        program = self.connect(Program())
        self.run_until(program, lambda: program.connected == 0)

    def test_refusal(self) -> None:
        broker = type(self.broker)("password_file /dev/null", "allow_anonymous false")
        self.addCleanup(broker.close)
        codes = []
        mqttc = mosquitto.Mosquitto()
        mqttc.username_pw_set("nobody", "knows")
        mqttc.on_connect = lambda mosq, obj, rc: codes.append(rc)
        mqttc.on_disconnect = lambda mosq, obj, rc: codes.append(rc)
        mqttc.connect("127.0.0.1", broker.port)
        wait_until(lambda: mqttc.loop(100) != 0)
        self.assertEqual(codes, [5, mosquitto.MOSQ_ERR_CONN_REFUSED])
        self.assertIn("authori", mosquitto.connack_string(5))

    def test_will_retain_and_settings(self) -> None:
        subscriber = Subscriber(self.broker.port, "will/#")
        self.addCleanup(subscriber.close)
        mqttc = mosquitto.Mosquitto("dropped")
        self.assertEqual(mqttc.will_set("will/dropped", "Sorry, I seem to have died.", 1, True), 0)
        self.assertEqual(mqttc.max_inflight_messages_set(5), 0)
        self.assertEqual(mqttc.message_retry_set(20), 0)
        self.assertEqual(mqttc.reconnect_delay_set(1, 10, True), 0)
        connected = []
        mqttc.on_connect = lambda mosq, obj, rc: connected.append(rc)
        self.connect(mqttc)
        self.run_until(mqttc, lambda: connected)
        del mqttc
        self.assertEqual(subscriber.wait(1), [("will/dropped", b"Sorry, I seem to have died.")])
        late = Subscriber(self.broker.port, "will/#")
        self.addCleanup(late.close)
        late.wait(1)
        self.assertTrue(late.messages[0].retain)

    def test_log(self) -> None:
        lines = []
        mqttc = mosquitto.Mosquitto("logger")
        mqttc.on_log = lambda mosq, obj, level, text: lines.append((level, text))
        self.connect(mqttc)
        self.assertIn((mosquitto.MOSQ_LOG_DEBUG, "Client logger sending CONNECT"), lines)


class Functions(unittest.TestCase):
    def test_topic_matches_sub(self) -> None:
        for sub, topic, expected in [
            ("a/b", "a/b", True),
            ("a/+", "a/b", True),
            ("a/+", "a/b/c", False),
            ("#", "a/b", True),
            ("#", "$SYS/a", False),
            ("a/#", "a", True),
        ]:
            with self.subTest(sub=sub, topic=topic):
                self.assertIs(mosquitto.topic_matches_sub(sub, topic), expected)
        with self.assertRaises(ValueError):
            mosquitto.topic_matches_sub("a/#/b", "a/b")

    def test_texts(self) -> None:
        self.assertIn("not currently connected", mosquitto.error_string(mosquitto.MOSQ_ERR_NO_CONN))
        self.assertIn("accepted", mosquitto.connack_string(0).lower())
        self.assertEqual(mosquitto.reason_string(0x87), "Not authorized")

    def test_payload(self) -> None:
        payload = mosquitto.MessagePayload("grün".encode())
        self.assertEqual("is " + payload + "!", "is grün!")
        self.assertEqual(b"is " + payload + b"!", "is grün!".encode())
        self.assertEqual(f"{payload:>5} {payload} %s" % payload, " grün grün grün")
        self.assertEqual(payload, "grün".encode())
        self.assertEqual(str(mosquitto.MessagePayload(b"\xff")), "\ufffd")
        with self.assertRaises(TypeError):
            1 + payload  # type: ignore[operator]


if __name__ == "__main__":
    unittest.main()
