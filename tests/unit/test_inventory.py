"""The list of columns: whole in this project, and read as dbt reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.inventory.columns import PROJECT, Column, InventoryError, Table, read_tables

MODEL = """
models:
  - name: ra_mst_sires
    columns:
      - name: id
        data_type: text
        description: >
          Id of the sire,
          such as sir_1.
        config: {meta: {source: "/v1/results: sire_id", min_population: 1}}
      - name: ae
        data_type: numeric(8, 3)
        description: '{{ doc("ae") }} Of 0, null.'
        config: {meta: {source: computed, min_population: 0.95, population_where: runs > 0}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A dbt project with one table and one doc block."""
    folder = tmp_path / "models" / "marts" / "pedigree"
    folder.mkdir(parents=True)
    (folder / "ra_mst_sires.yml").write_text(MODEL)
    (folder / "_docs.md").write_text("{% docs ae %}\nActual over\nexpected.\n{% enddocs %}\n")
    return tmp_path


def gaps(tables: list[Table]) -> list[tuple[str, str, str]]:
    """What columns lack, as table, column and what is missing."""
    return [
        (table.name, column.name, what)
        for table in tables
        for column in table.columns
        for what, present in (
            ("type", column.type),
            ("description", column.description),
            ("source", column.source),
            ("share", _is_asked_once(column)),
        )
        if not present
    ]


def _is_asked_once(column: Column) -> bool:
    """Whether a column has one of the two shares, as a share of 1."""
    shares = (column.min_population, column.expected_population)
    return [0 <= share <= 1 for share in shares if share is not None] == [True]


def test_every_column_has_a_type_a_description_a_source_and_one_share() -> None:
    assert gaps(read_tables()) == []


def test_every_model_of_the_racing_schema_is_on_the_list_once() -> None:
    models = sorted(path.stem for path in (PROJECT / "models" / "marts").rglob("*.sql"))

    assert sorted(table.name for table in read_tables()) == models
    assert len(models) >= 25


@pytest.mark.parametrize(
    ("line", "without", "gap"),
    [
        ("data_type: text", "", "type"),
        ("""description: '{{ doc("ae") }} Of 0, null.'""", "description: ''", "description"),
        ('source: "/v1/results: sire_id", ', "", "source"),
        (", min_population: 1", "", "share"),
        ("min_population: 0.95", "min_population: 95", "share"),
        ("min_population: 0.95", "expected_population: 95", "share"),
        ("min_population: 0.95", "min_population: 0.95, expected_population: 0.9", "share"),
    ],
)
def test_a_column_that_lacks_something_is_found(
    project: Path, line: str, without: str, gap: str
) -> None:
    assert line in MODEL
    path = project / "models" / "marts" / "pedigree" / "ra_mst_sires.yml"
    path.write_text(MODEL.replace(line, without))

    assert [what for _, _, what in gaps(read_tables(project))] == [gap]


def test_the_yaml_is_read_with_its_doc_blocks(project: Path) -> None:
    [table] = read_tables(project)
    sire_id, ae = table.columns

    assert (table.name, table.category) == ("ra_mst_sires", "pedigree")
    assert sire_id.description == "Id of the sire, such as sir_1."
    assert (sire_id.min_population, sire_id.population_where) == (1, None)
    assert ae.description == "Actual over expected. Of 0, null."
    assert (ae.type, ae.source) == ("numeric(8, 3)", "computed")
    assert (ae.min_population, ae.population_where) == (0.95, "runs > 0")


def test_what_the_feed_may_stop_sending_is_read(project: Path) -> None:
    path = project / "models" / "marts" / "pedigree" / "ra_mst_sires.yml"
    path.write_text(
        MODEL.replace(
            "    columns:", "    config: {meta: {race_id: race, race_date: day}}\n    columns:"
        ).replace("min_population: 0.95", 'expected_population: 0.5, sent_before: "2026-06-01"')
    )

    [table] = read_tables(project)
    _, ae = table.columns

    assert (table.race_id, table.race_date) == ("race", "day")
    assert (ae.min_population, ae.expected_population) == (None, 0.5)
    assert (ae.sent_before, ae.sent_since) == ("2026-06-01", None)


def test_from_when_a_feature_is_known_is_read(project: Path) -> None:
    path = project / "models" / "marts" / "pedigree" / "ra_mst_sires.yml"
    path.write_text(MODEL.replace("min_population: 0.95", 'min_population: 0.95, known: "off"'))

    [table] = read_tables(project)

    assert [column.known for column in table.columns] == [None, "off"]


def test_what_is_asked_without_tolerance_names_the_inputs_that_it_needs() -> None:
    """A column computed from what the feed may stop sending is asked for only where that is."""
    computed = {
        (table.name, column.name)
        for table in read_tables()
        for column in table.columns
        if column.min_population is not None
        and column.population_where is None
        and column.name in {"ae_index", "archie", "margin", "meet_id", "weight_st_lbs", "off_time"}
    }

    assert computed == set()


@pytest.mark.parametrize(
    ("source", "resources"),
    [
        ("/v1/courses/regions: region", {"regions"}),
        ("/v1/courses: id; /v1/racecards/pro: course_id", {"courses", "racecards"}),
        ("/v1/horses/{id}/pro: dob; computed: changed_at in raw.results", {"horses", "results"}),
        ("computed: raw.load_days, objects_new", {"load_days"}),
        ("computed: int_runs, wins", set()),
    ],
)
def test_a_table_comes_from_what_its_sources_name(source: str, resources: set[str]) -> None:
    columns = (
        Column("id", "text", "", source, 1, None),
        Column("runs", "integer", "", "computed: int_runs, runs", 1, None),
    )

    assert Table("ra_x", "core", columns).resources == resources


@pytest.mark.parametrize(
    "text",
    ["models: [", "models:\n  - name: ra_x\n", "models: 3", MODEL.replace('"ae"', '"unknown"')],
    ids=["no YAML", "no columns", "no list", "unknown doc block"],
)
def test_a_file_that_cannot_be_read_is_named(project: Path, text: str) -> None:
    path = project / "models" / "marts" / "pedigree" / "ra_mst_sires.yml"
    path.write_text(text)

    with pytest.raises(InventoryError, match=f"^{path} cannot be read .*dbt parse"):
        read_tables(project)
