"""The domains that items belong to and blueprints are made of. Pure."""

DOMAINS: dict[str, str] = {
    "icd-10-cm": "ICD-10-CM",
    "hcpcs": "HCPCS Level II",
    "coding-guidelines": "Coding guidelines",
    "compliance": "Compliance and regulation",
    "medical-terminology": "Medical terminology",
    "anatomy": "Anatomy",
    "modifiers": "Modifiers",
    "procedure-coding": "Procedure coding",
}
DOMAIN_CHOICES = list(DOMAINS.items())
