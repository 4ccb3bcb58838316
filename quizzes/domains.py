"""The domains that items belong to and blueprints are made of. Pure."""

# What every coder learns first; the placement asks about these, and a new student sees them all.
FOUNDATIONS: dict[str, str] = {
    "icd-10-cm": "ICD-10-CM",
    "hcpcs": "HCPCS Level II",
    "coding-guidelines": "Coding guidelines",
    "compliance": "Compliance and regulation",
    "medical-terminology": "Medical terminology",
    "anatomy": "Anatomy",
    "modifiers": "Modifiers",
    "procedure-coding": "Procedure coding",
}
# The further areas of the certification exams: of CPC by the sections of CPT, of CCS by its outline.
AREAS: dict[str, str] = {
    "surgery-integumentary": "Surgery: integumentary (10,000)",
    "surgery-musculoskeletal": "Surgery: musculoskeletal (20,000)",
    "surgery-respiratory-cardiovascular": "Surgery: respiratory, cardiovascular, lymphatic (30,000)",
    "surgery-digestive": "Surgery: digestive (40,000)",
    "surgery-urinary-genital-maternity": "Surgery: urinary, genital, maternity (50,000)",
    "surgery-endocrine-nervous-eye-ear": "Surgery: endocrine, nervous, eye, ear (60,000)",
    "evaluation-management": "Evaluation and management",
    "anesthesia": "Anesthesia",
    "radiology": "Radiology",
    "pathology-laboratory": "Pathology and laboratory",
    "medicine": "Medicine",
    "cases": "Cases",
    "documentation": "Health information documentation",
    "provider-queries": "Provider queries",
    "information-technologies": "Information technologies",
}
DOMAINS: dict[str, str] = {**FOUNDATIONS, **AREAS}
DOMAIN_CHOICES = list(DOMAINS.items())
