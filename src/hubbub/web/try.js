// The FastAPI tutorial's page, alive: what the form sends, the server says back. No sign-in, no subprotocol.

const address = new URL("ws", document.baseURI);
address.protocol = address.protocol === "https:" ? "wss:" : "ws:";

const state = document.getElementById("state");
const form = document.getElementById("form");
const input = document.getElementById("messageText");
const messages = document.getElementById("messages");

const socket = new WebSocket(address);
socket.onopen = () => say("Connected. Type something.");
socket.onclose = (event) => say(`Closed (${event.code}). Reload the page to try again.`);
socket.onmessage = (event) => add(event.data);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.send(input.value);
  input.value = "";
  input.focus();
});

function say(text) {
  state.textContent = text;
}

function add(text) {
  const item = document.createElement("li");
  item.textContent = text;
  messages.append(item);
}
