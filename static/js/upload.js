// Says that the files are too large before they travel; the server says the same in the same words.
const form = document.querySelector("form[data-max-bytes]");
const input = form?.querySelector("input[type=file]");
const words = form?.querySelector("[data-upload-error]");

function check() {
  const bytes = [...input.files].reduce((sum, file) => sum + file.size, 0);
  const large = bytes > Number(form.dataset.maxBytes);
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
