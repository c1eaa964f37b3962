import sys

from socketify import App, CompressOptions

app = App()
app.ws(
    "/ws",
    {
        "compression": CompressOptions.DISABLED,
        "max_payload_length": 1 << 20,
        "idle_timeout": 120,
        "max_backpressure": 64 << 20,
        "open": lambda ws: ws.subscribe("general"),
        "message": lambda ws, m, op: app.publish("general", m, op),
    },
)
app.listen({"host": "127.0.0.1", "port": int(sys.argv[1])})
app.run()
