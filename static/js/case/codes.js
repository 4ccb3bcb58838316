// How codes are written and told apart, as quizzes.kinds.claims does on the server.

export const normalize = (text) => text.toUpperCase().replace(/[^A-Z0-9]/g, "");

// Of a procedure; of any code where diagnoses are written with their dot.
export function systemOf(code) {
  const stored = normalize(code);
  if (code.includes(".") || stored.length === 3) return "icd10cm";
  if (stored.length === 7) return "icd10pcs";
  return /^[A-Z]\d{4}$/.test(stored) ? "hcpcs" : "cpt";
}

// A diagnosis as coders write it: with its dot after the third character. Where any code may stand (part nc) the
// dot tells.
export function display(part, text) {
  const stored = normalize(text);
  return (part === "dx" || (part === "nc" && text.includes("."))) && stored.length > 3 ? `${stored.slice(0, 3)}.${stored.slice(3)}` : stored;
}

// A cell holds a code, or words to search with; what is no code yet is no line of the claim.
export function looksLikeCode(part, text) {
  const written = text.trim();
  const diagnosis = written.length > 2 && /^[A-Z]\d[A-Z0-9]?\.?[A-Z0-9]{0,5}$/i.test(written);
  const procedure = /^(?=.*\d)[A-Z0-9]{4,7}$/i.test(written);
  return { dx: diagnosis, px: procedure, nc: diagnosis || procedure }[part];
}

export const TAGS = {
  icd10cm: ["CM", "cm", "ICD-10-CM"],
  icd10pcs: ["PC", "pc", "ICD-10-PCS"],
  hcpcs: ["HC", "hc", "HCPCS Level II"],
  cpt: ["CP", "cp", "CPT"],
};
