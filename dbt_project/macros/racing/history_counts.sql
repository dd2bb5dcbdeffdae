{#- Runs, wins, seconds and thirds among a horse's earlier runs: `name` is what they are called,
    `window` which of its rows are looked at, `condition` which runs among those count. Only rows
    with a run count. -#}
{% macro history_counts(name, window, condition='true') -%}
    {%- for figure, test in [
        ('runs', 'true'), ('wins', 'is_win'), ('2nds', 'position = 2'), ('3rds', 'position = 3')
    ] %}
    count(*) filter (where has_run and {{ condition }} and {{ test }}) over {{ window }} as {{ name }}_{{ figure }}
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}

{#- The same as whole numbers, for each of `names`; null unless `known`, a condition, if one is
    given. `history` is a row of int_runner_history. -#}
{% macro history_figures(names, known=none) -%}
    {%- for name in names -%}
        {%- set last_name = loop.last -%}
        {%- for figure in ['runs', 'wins', '2nds', '3rds'] %}
    {% if known %}case when {{ known }} then {% endif -%}
    history.{{ name }}_{{ figure }}::integer
    {%- if known %} end{% endif %} as {{ name }}_{{ figure }}
            {%- if not (last_name and loop.last) %},{% endif %}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
