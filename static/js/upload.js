// Says that a file is too large before it travels; the server says the same in the same words.
const form = document.querySelector("form[data-max-bytes]");
const input = form?.querySelector("input[type=file]");
const words = form?.querySelector("[data-upload-error]");

function check() {
  const file = input.files[0];
  const large = Boolean(file) && file.size > Number(form.dataset.maxBytes);
  words.textContent = large ? form.dataset.tooLarge : "";
  words.hidden = !large;
  return !large;
}

input?.addEventListener("change", check);
form?.addEventListener("submit", (event) => {
  if (check()) return;
  event.preventDefault();
  input.focus();
});
