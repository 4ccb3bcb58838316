from django.urls import path

from codesets.views import books, diffs, imports, indexes, licence, marks, releases, search

app_name = "codesets"

urlpatterns = [
    path("books/", books.books, name="books"),
    path("books/<slug:system>/", books.book, name="book"),
    path("books/<slug:system>/<str:code>/card/", books.code_card, name="code_card"),
    path("books/<slug:system>/<slug:kind>/<str:name>/", books.heading, name="heading"),
    path("books/<slug:system>/<str:code>/", books.code, name="code"),
    path("indexes/", indexes.indexes, name="indexes"),
    path("indexes/<slug:part>/", indexes.index, name="index"),
    path("indexes/<slug:part>/entries/<int:position>/", indexes.index_entry, name="index_entry"),
    path("indexes/<slug:part>/<str:letter>/", indexes.index_letter, name="index_letter"),
    path("search/", search.search, name="search"),
    path("search/results/", search.search_results, name="search_results"),
    path("marks/", marks.mark_list, name="marks"),
    path("marks/export.csv", marks.mark_export, name="marks_export"),
    path("marks/places/", marks.mark_places, name="mark_places"),
    path("marks/bookmark/", marks.mark_bookmark, name="mark_bookmark"),
    path("marks/tab/", marks.mark_tab, name="mark_tab"),
    path("marks/notes/", marks.mark_note, name="mark_note"),
    path("marks/notes/<int:pk>/", marks.mark_note_edit, name="mark_note_edit"),
    path("marks/<int:pk>/delete/", marks.mark_delete, name="mark_delete"),
    path("licence/", licence.licence, name="licence"),
    path("releases/", releases.release_list, name="release_list"),
    path("releases/<int:pk>/", releases.release, name="release"),
    path("releases/<int:pk>/diff.csv", diffs.release_diff_csv, name="release_diff_csv"),
    path("releases/<int:pk>/publish/", releases.release_publish, name="release_publish"),
    path("releases/<int:pk>/discard/", releases.release_discard, name="release_discard"),
    path("releases/<int:pk>/withdraw/", releases.release_withdraw, name="release_withdraw"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<int:pk>/", imports.import_job, name="import_job"),
    path("imports/<int:pk>/progress/", imports.import_job_progress, name="import_job_progress"),
    path("imports/<int:pk>/again/", imports.import_job_again, name="import_job_again"),
]
