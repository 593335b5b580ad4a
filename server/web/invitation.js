// Uses the one-time token behind the # of the address: it never reaches a server log. What it says is in the page.
const form = document.getElementById("form");
const message = document.getElementById("message");
const words = form.dataset;

function say(text, good) {
  message.textContent = text;
  message.className = good ? "message good" : "message bad";
}

if (location.hash.length < 2) {
  say(words.incomplete, false);
  for (const control of form.elements) control.disabled = true;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const password = document.getElementById("password").value;
  if (password !== document.getElementById("again").value) return say(words.differ, false);
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const response = await fetch(`/api/v1/invitations/accept?lang=${document.documentElement.lang}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token: location.hash.slice(1), password }),
    });
    const answer = await response.json();
    if (response.ok) {
      history.replaceState(null, "", location.pathname);
      form.replaceChildren(message);
      const named = { name: answer.me.name, organisation: answer.me.organisation.name };
      return say(words.done.replace(/\{(\w+)\}/g, (all, name) => named[name] ?? all), true);
    }
    say(answer.errors ? answer.errors.map((error) => `${words.subject} ${error.detail}.`).join(" ") : answer.detail, false);
  } catch {
    say(words.unreachable, false);
  }
  button.disabled = false;
});
