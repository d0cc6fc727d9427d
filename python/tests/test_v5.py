"""MQTT 5: properties, reason codes, callbacks."""

import unittest
from typing import Any, List

import mosquitto
from mosquitto._properties import properties_at, property_list
from tests.support import BrokerTest


class PropertyLists(unittest.TestCase):
    def test_there_and_back(self) -> None:
        for given in (
            {},
            {"content-type": "text/plain"},
            {"content-type": "", "correlation-data": b""},
            {"correlation-data": b"\0\1\xff", "response-topic": "ä"},
            {"payload-format-indicator": 1, "message-expiry-interval": 0xFFFFFFFF, "topic-alias": 0xFFFF},
            {"subscription-identifier": [1, 0xFFFFFFF]},
            {"user-property": [("a", "1"), ("a", "2"), ("", "")]},
        ):
            with self.subTest(given=given), property_list(given) as props:
                self.assertEqual(dict(properties_at(props.value)), given)

    def test_names(self) -> None:
        properties = mosquitto.Properties(content_type="a")
        self.assertEqual(properties["content-type"], "a")
        self.assertEqual(properties[mosquitto.MQTT_PROP_CONTENT_TYPE], "a")
        self.assertIn("content_type", properties)
        self.assertNotIn("nonsense", properties)
        with self.assertRaises(KeyError):
            properties["nonsense"] = 1

    def test_values_that_do_not_fit(self) -> None:
        for given, error in (
            ({"topic-alias": 65536}, ValueError),
            ({"topic-alias": -1}, ValueError),
            ({"content-type": "a\0b"}, ValueError),
            ({"correlation-data": b"0" * 65536}, ValueError),
            ({"correlation-data": 7}, TypeError),
            ({"content-type": "\x01"}, mosquitto.MosquittoError),
            ({"nonsense": 1}, KeyError),
        ):
            with self.subTest(given=given), self.assertRaises(error):
                with property_list(given):
                    pass


class Version5(BrokerTest):
    def test_callbacks(self) -> None:
        events: List[Any] = []
        client = mosquitto.Mosquitto("v5", protocol=mosquitto.MQTT_PROTOCOL_V5)
        client.on_connect_v5 = lambda m, o, rc, flags, props: events.append(
            ("connect", rc, flags, "topic-alias-maximum" in props)
        )
        client.on_subscribe_v5 = lambda m, o, mid, codes, props: events.append(("subscribe", codes))
        client.on_message_v5 = lambda m, o, msg, props: events.append(("message", msg.topic, msg.payload, dict(props)))
        client.on_publish_v5 = lambda m, o, mid, rc, props: events.append(("publish", rc))
        client.on_unsubscribe_v5 = lambda m, o, mid, codes, props: events.append(("unsubscribe", codes))
        client.on_disconnect_v5 = lambda m, o, rc, props: events.append(("disconnect", rc))

        def step(call: Any, count: int) -> List[Any]:
            events.clear()
            self.assertEqual(call, 0)
            self.run_until(client, lambda: len(events) == count)
            return sorted(events)

        connected = client.connect("127.0.0.1", self.broker.port, properties={"session-expiry-interval": 60})
        self.assertEqual(step(connected, 1), [("connect", 0, 0, True)])
        subscribed = client.subscribe(
            "v5/#", 1, options=mosquitto.MQTT_SUB_OPT_SEND_RETAIN_NEVER, properties={"subscription-identifier": 7}
        )
        self.assertEqual(step(subscribed, 1), [("subscribe", [1])])
        user = [("a", "1"), ("a", "2")]
        properties = {"user-property": user, "correlation-data": b"\0\1", "message-expiry-interval": 9}
        published = client.publish("v5/x", "y", 1, properties=properties)
        got = step(published, 2)
        self.assertEqual(got[0][:3], ("message", "v5/x", b"y"))
        self.assertEqual(got[0][3]["user-property"], user)
        self.assertEqual(got[0][3]["correlation-data"], b"\0\1")
        self.assertEqual(got[0][3]["subscription-identifier"], [7])
        self.assertEqual(got[1], ("publish", 0))
        self.assertEqual(step(client.publish("nobody", "listens", 1), 1), [("publish", 16)])
        self.assertEqual(step(client.subscribe_multiple(["v5/#", "w"], 2), 1), [("subscribe", [2, 2])])
        self.assertEqual(step(client.unsubscribe_multiple(["v5/#", "no"]), 1), [("unsubscribe", [0, 17])])
        events.clear()
        client.disconnect(4, properties={"reason-string": "test"})
        while client.loop(100) == 0:
            pass
        self.assertEqual(events, [("disconnect", 0)])

    def test_will_with_properties(self) -> None:
        client = mosquitto.Mosquitto(protocol=mosquitto.MQTT_PROTOCOL_V5)
        self.assertEqual(client.will_set("will/v5", "x", properties={"will-delay-interval": 5}), 0)
        self.assertEqual(client.will_set("will/v5", "x", properties={"topic-alias": 5}), mosquitto.MOSQ_ERR_PROTOCOL)
        old = mosquitto.Mosquitto()
        with self.assertRaises(mosquitto.MosquittoError):
            old.raise_errors = True
            old.publish("a", "b", properties={"content-type": "x"})
