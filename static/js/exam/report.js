// The report's print button.
document.querySelector("[data-print]").addEventListener("click", () => window.print());
