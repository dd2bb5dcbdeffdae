// Tables: what stands as JSON beside each becomes one that sorts, searches and pages.

const escaped = (text) =>
  String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const written = (value, { kind, digits }) => {
  if (value === null) return "–";
  if (typeof value === "string") return kind === "code" ? `<code>${escaped(value)}</code>` : escaped(value);
  const number = new Intl.NumberFormat("en-GB", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: kind === "signed" ? "exceptZero" : "auto",
  }).format(value).replace("-", "−");
  return kind === "share"
    ? `<span class="share" style="--share: ${Number(value)}"><span>${number}</span></span>`
    : number;
};

// What is not known comes last, whichever way a reader sorts.
const order = (sign) => (a, b) => {
  if (a === null || b === null) return (a === null) - (b === null);
  return sign * (typeof a === "number" ? a - b : String(a).localeCompare(String(b), "en"));
};
DataTable.ext.type.order["known-asc"] = order(1);
DataTable.ext.type.order["known-desc"] = order(-1);

const isNumber = (column) => ["number", "signed", "share"].includes(column.kind);

const columnOf = (column, index, told) => {
  const rank = told.columns.length + told.others.indexOf(column.by);
  return {
    title: column.about
      ? `<span title="${escaped(column.about)}">${escaped(column.title)}</span>`
      : escaped(column.title),
    type: "known",
    visible: !(index in told.picked),
    className: `${isNumber(column) ? "is-number" : ""} is-${column.kind}`,
    data: (row, kind) => {
      const value = row[index];
      if (kind === "sort" || kind === "type") return column.by ? row[rank] : value;
      // DataTables reads what it searches as HTML wherever an & is in it.
      if (kind !== "display") return value === null ? "" : escaped(value);
      return written(value, column);
    },
    // A narrow screen shows some tables as lists, where each value names its column.
    createdCell: (cell) => {
      cell.dataset.title = column.title;
      cell.classList.toggle("is-missing", cell.textContent === "–");
    },
    orderSequence: isNumber(column) ? ["desc", "asc"] : ["asc", "desc"],
  };
};

const pick = (key, value) => document.dispatchEvent(new CustomEvent("picked", { detail: { key, value } }));

// A list to pick one value of a column from. Where one is picked at first, the choice is the page's:
// every table and chart that has the key hears of it.
const filter = (table, index, column, picked) => {
  const label = document.createElement("label");
  const select = document.createElement("select");
  const values = [...new Set(table.rows().data().toArray().map((row) => row[index]))]
    .filter((value) => value !== null)
    .sort((a, b) => (typeof a === "number" ? a - b : String(a).localeCompare(String(b), "en")));
  if (picked === undefined) select.append(new Option("all", ""));
  for (const value of values) select.append(new Option(value));
  const show = (value) => {
    table.column(index).search.fixed("picked", value === ""
      ? null
      : (_, row) => String(row[index]) === value);
    table.draw();
  };
  if (picked !== undefined) {
    document.addEventListener("picked", ({ detail: { key, value } }) => {
      if (key !== column.key) return;
      if (!values.includes(value)) select.append(new Option(value));
      select.value = value;
      show(value);
    });
    select.value = picked;
    show(picked);
  }
  select.addEventListener("change", () => {
    if (picked === undefined) show(select.value);
    else pick(column.key, select.value);
  });
  label.append(column.title, " ", select);
  return label;
};

for (const place of document.querySelectorAll(".table")) {
  const told = JSON.parse(place.querySelector("script").textContent);
  const element = place.querySelector("table");
  const lists = [...Object.keys(told.picked).map(Number), ...told.filters];
  const table = new DataTable(element, {
    data: told.rows,
    columns: told.columns.map((column, index) => columnOf(column, index, told)),
    order: told.order,
    pageLength: told.pageLength,
    paging: told.rows.length > told.pageLength,
    searching: told.rows.length > 5 || lists.length > 0,
    autoWidth: false,
    deferRender: true,
    layout: {
      topStart: null,
      topEnd: told.rows.length > 5 || lists.length > 0 ? "search" : null,
      bottomStart: told.rows.length > 5 ? "info" : null,
      bottomEnd: told.rows.length > told.pageLength ? "paging" : null,
    },
    language: {
      search: "Search",
      emptyTable: "Nothing yet.",
      zeroRecords: "Nothing matches.",
      info: "_START_ to _END_ of _TOTAL_",
      infoEmpty: "none of _MAX_",
      infoFiltered: Object.keys(told.picked).length > 0 ? "" : "(of _MAX_ in all)",
      paginate: { first: "«", previous: "‹", next: "›", last: "»" },
    },
  });
  if (lists.length > 0) {
    const filters = document.createElement("div");
    filters.className = "filters";
    for (const index of lists) {
      filters.append(filter(table, index, told.columns[index], told.picked[index]));
    }
    place.querySelector(".dt-layout-row").prepend(filters);
  }
  place.classList.toggle("has-prose", told.columns.some((column) => column.kind === "prose"));
  place.classList.add("ready");
}
