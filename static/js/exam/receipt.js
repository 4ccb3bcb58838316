// While the answers are being graded: looks every two seconds, and opens the report once it is there.

const { receipt } = document.querySelector("[data-receipt]").dataset;

async function look() {
  try {
    const response = await fetch(receipt, { cache: "no-store" });
    const html = await response.text();
    if (response.ok && !html.includes("data-receipt")) return location.reload();
  } catch {
    // The connection is lost: the next look may find it.
  }
  return setTimeout(look, 2000);
}

setTimeout(look, 2000);
