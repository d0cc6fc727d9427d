"""A service for asyncio: answers questions/NUMBER at answers/NUMBER, in capitals. Usage: service.py [HOST [PORT]]"""

import asyncio
import sys

from mosquitto.aio import Client

host, port = (sys.argv[1:] + ["localhost", "1883"][len(sys.argv) - 1 :])[:2]


async def main() -> None:
    async with Client() as client:
        await client.connect(host, int(port))
        await client.subscribe("questions/+", 1)
        print("serving")
        async for msg in client.messages():
            number = msg.topic.split("/")[1]
            await client.publish(f"answers/{number}", msg.payload.upper(), qos=1)


try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
