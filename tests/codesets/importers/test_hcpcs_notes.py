from codesets.importers.hcpcs_notes import is_notes, read_notes

TEXT = """\
                         PROCESSING NOTES
 ________________________________________

      0001--THIS NOTE DELETED 1/1/97.           *
                                                *
\t0002--THESE LAMPS (E0001) PERTAIN TO READING  *
            AS OPPOSED TO SLEEPING.             *

      0004--SEE SECTION 30.7.2--OF THE MANUAL


"""
NOTES = TEXT.splitlines()


def test_notes_by_their_number_in_one_line():
    assert is_notes(NOTES)
    assert read_notes(NOTES) == {
        "0001": "THIS NOTE DELETED 1/1/97.",
        "0002": "THESE LAMPS (E0001) PERTAIN TO READING AS OPPOSED TO SLEEPING.",
        "0004": "SEE SECTION 30.7.2--OF THE MANUAL",
    }


def test_another_text_has_none():
    assert not is_notes(["  CMS RIF REPORT", "  AS OF: 10/31/2018", "processing note number"])
    assert read_notes(["CMS RIF REPORT", "1 Code"]) == {}
