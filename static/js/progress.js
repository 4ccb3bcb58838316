// The report panel: when the server does not answer, say so; polling goes on by itself.
const place = document.getElementById("report");

function say() {
  const box = document.createElement("div");
  box.className = "empty";
  const what = document.createElement("b");
  what.textContent = "The server did not answer.";
  box.append(what, "Nothing is lost. Ask for the report again in a minute.");
  place.replaceChildren(box);
}

for (const name of ["htmx:sendError", "htmx:responseError"]) document.body.addEventListener(name, say);
