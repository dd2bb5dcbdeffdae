-- The feed's ways of saying "not known".
create macro known(value) as nullif(nullif(nullif(nullif(trim(value), ''), '-'), '–'), 'None');

create macro owner_key(name) as trim(regexp_replace(
    regexp_replace(lower(name), '[&,.]|\b(?:mr|mrs)\b', ' ', 'g'), '\s+', ' ', 'g'
));

create macro furlongs(value) as nullif(round(2 * try_cast(
    replace(replace(replace(rtrim(known(value), 'f'), '¼', '.25'), '½', '.5'), '¾', '.75')
    as decimal(6, 2)
)), 0) / 2;

-- Both are whole numbers; the half away from zero.
create macro rounded_quotient(dividend, divisor) as (2 * dividend + divisor) // (2 * divisor);

-- Wins over expected wins, which have ten decimals, in thousandths.
create macro ae(wins, expected) as
    rounded_quotient(wins::hugeint * 10000000000000, nullif(expected, 0));

create macro shown(furlongs) as regexp_replace(furlongs::varchar, '\.0$', '') || 'f';
