"""Reads a claim as people and programs send it: JSON in, codesets.rules.values.Claim out."""

from typing import Any

from rest_framework import serializers

from codesets.rules.values import Claim, Diagnosis, Procedure, Role, Setting
from codesets.systems import System, normalize

MOST_LINES = 1000  # the electronic forms end at 999
MOST_PER_LINE = 20  # modifiers or pointers: more than any form takes, so that a rule can say so
CODE_LENGTH = 12


class DiagnosisSerializer(serializers.Serializer):
    code = serializers.CharField(max_length=CODE_LENGTH, help_text="With or without its dot.")
    role = serializers.ChoiceField([role.value for role in Role])
    poa = serializers.CharField(
        max_length=1, allow_blank=True, default="", help_text="Y, N, U, W, 1 or none."
    )


class ProcedureSerializer(serializers.Serializer):
    system = serializers.ChoiceField([each.value for each in System if each != System.ICD10CM])
    code = serializers.CharField(max_length=CODE_LENGTH)
    modifiers = serializers.ListField(
        child=serializers.CharField(max_length=4), max_length=MOST_PER_LINE, default=list
    )
    units = serializers.IntegerField(min_value=0, max_value=999_999, default=1)
    pointers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MOST_LINES),
        max_length=MOST_PER_LINE,
        default=list,
        help_text="Positions in the claim's own diagnoses, from 1.",
    )


class ClaimSerializer(serializers.Serializer):
    """A claim of the contract. `validated_data` is read with `read_claim`."""

    setting = serializers.ChoiceField([setting.value for setting in Setting])
    service_from = serializers.DateField()
    service_to = serializers.DateField(allow_null=True, default=None)
    discharged_on = serializers.DateField(allow_null=True, default=None)
    sex = serializers.ChoiceField(["F", "M"], allow_null=True, default=None)
    age = serializers.IntegerField(min_value=0, max_value=130, allow_null=True, default=None)
    diagnoses = serializers.ListField(child=DiagnosisSerializer(), max_length=MOST_LINES)
    procedures = serializers.ListField(child=ProcedureSerializer(), max_length=MOST_LINES, default=list)


def read_claim(data: Any) -> Claim:
    """Raises rest_framework's ValidationError, which says of each field what is wrong with it."""
    serializer = ClaimSerializer(data=data)
    serializer.is_valid(raise_exception=True)
    said = serializer.validated_data
    return Claim(
        setting=said["setting"],
        service_from=said["service_from"],
        service_to=said["service_to"],
        discharged_on=said["discharged_on"],
        sex=said["sex"] or "",
        age=said["age"],
        diagnoses=tuple(
            Diagnosis(number, normalize(line["code"]), line["role"], line["poa"].upper())
            for number, line in enumerate(said["diagnoses"], start=1)
        ),
        procedures=tuple(
            Procedure(
                number,
                line["system"],
                normalize(line["code"]),
                tuple(normalize(modifier) for modifier in line["modifiers"]),
                line["units"],
                tuple(line["pointers"]),
            )
            for number, line in enumerate(said["procedures"], start=1)
        ),
    )
