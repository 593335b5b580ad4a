// Uses the one-time token behind the # of the address: it never reaches a server log.
const form = document.getElementById("form");
const message = document.getElementById("message");

function say(text, good) {
  message.textContent = text;
  message.className = good ? "message good" : "message bad";
}

if (location.hash.length < 2) {
  say("This link is not complete. Copy it whole from your invitation, or ask for a new one.", false);
  for (const control of form.elements) control.disabled = true;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const password = document.getElementById("password").value;
  if (password !== document.getElementById("again").value) return say("The two passwords differ.", false);
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const response = await fetch("/api/v1/invitations/accept", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token: location.hash.slice(1), password }),
    });
    const answer = await response.json();
    if (response.ok) {
      history.replaceState(null, "", location.pathname);
      form.replaceChildren(message);
      return say(`Done: ${answer.me.name}, you are signed in to ${answer.me.organisation.name}. Your password works with the API from now on.`, true);
    }
    say(answer.errors ? answer.errors.map((error) => `The password ${error.detail}.`).join(" ") : answer.detail, false);
  } catch {
    say("The server cannot be reached. Try again.", false);
  }
  button.disabled = false;
});
