"""The view of substitutions, in the statements of its migrations; see ``schema``."""

# Replaces the view of 002 with one that has, after the same columns, what the test in
# docs/terms.md goes by: items going each way, items in which either phrase was replaced or
# written, and bounds on how likely chance is. SQLite need not have logarithms, so that the
# tail is bounded from above: by Cantelli's inequality, and by Markov's for the second and
# the fourth factorial moment.
TERMS = (
    "DROP VIEW phrase_substitutions",
    """CREATE VIEW phrase_substitutions AS
    WITH counted AS (
        SELECT max(s.old) AS old, max(s.new) AS new, old_folded, new_folded, count(*) AS places,
            count(DISTINCT c.source || ' ' || c.item) AS items,
            count(DISTINCT c.source) AS sources,
            min(n.captured_at) AS first, max(n.captured_at) AS last
        FROM substitutions AS s
        JOIN changes AS c ON c.id = s.change
        JOIN snapshots AS n ON n.id = c.new_snapshot
        GROUP BY old_folded, new_folded
    ), beside AS (
        SELECT a.*, coalesce(b.places, 0) AS reverse_places, coalesce(b.items, 0) AS reverse_items,
            b.first AS reverse_first, b.last AS reverse_last,
            sum(a.items) OVER (PARTITION BY a.old_folded) AS replaced_items,
            sum(a.items) OVER (PARTITION BY a.new_folded) AS written_items,
            sum(a.items) OVER () AS all_items
        FROM counted AS a
        LEFT JOIN counted AS b ON b.old_folded = a.new_folded AND b.new_folded = a.old_folded
    ), shared AS (
        SELECT *, replaced_items - 1 AS trials, all_items - replaced_items + 20.0 AS known,
            (written_items - items + 1.0) / (all_items - replaced_items + 20.0) AS share
        FROM beside
    ), spread AS (
        SELECT *, items - 1 AS further, items - 1 - trials * share AS excess,
            trials * share * (1 - share) * (known + trials) / (known + 1) AS variance,
            trials * (trials - 1) * share * (share * known + 1) / (known + 1) AS second
        FROM shared
    ), moments AS (
        SELECT *, second * (trials - 2) * (trials - 3) * (share * known + 2) / (known + 2)
            * (share * known + 3) / (known + 3) AS fourth
        FROM spread
    ), bounded AS (
        SELECT *,
            min(1.0,
                CASE WHEN excess > 0 THEN variance / (variance + excess * excess) ELSE 1.0 END,
                CASE WHEN further > 1 THEN second / (further * (further - 1)) ELSE 1.0 END,
                CASE WHEN further > 3 THEN fourth / (further * (further - 1)
                    * (further - 2) * (further - 3)) ELSE 1.0 END) AS recurrence,
            CASE WHEN reverse_items = 0 THEN 0.0
                WHEN last < reverse_first OR first > reverse_last
                    THEN min(1.0, 2.0 / (1 + items * reverse_items))
                WHEN items > reverse_items THEN 1.0 * (items + reverse_items)
                    / (items + reverse_items
                    + (items - reverse_items) * (items - reverse_items))
                ELSE 1.0 END AS direction
        FROM moments
    ), ranked AS (
        SELECT *, max(recurrence, direction) AS chance_at_most,
            rank() OVER (ORDER BY max(recurrence, direction)) AS low,
            count(*) OVER () AS pairs
        FROM bounded
    )
    SELECT old, new, old_folded, new_folded, places, items, sources, first, last,
        reverse_places, reverse_items, replaced_items, written_items, chance_at_most,
        items > 1 AND min(chance_at_most * pairs / low) OVER (
            ORDER BY chance_at_most ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        ) <= 0.05 AS is_systematic
    FROM ranked
    ORDER BY is_systematic DESC, chance_at_most, items DESC, places DESC, old, new""",
)

# Replaces the view of 005 with one that goes by docs/terms.md as it is now: chance may put
# a phrase for anything, by habit for one, at any time, or both ways, and all that must be
# unlikely. SQLite need not have logarithms, so that each tail is bounded from above, by the
# least of Markov's bounds for the factorial moments, multiplied up moment by moment.
CHANCES = (
    "DROP VIEW phrase_substitutions",
    """CREATE VIEW phrase_substitutions AS
    WITH RECURSIVE placed AS (
        SELECT s.old, s.new, old_folded, new_folded, c.source, c.source || ' ' || c.item AS item,
            n.captured_at AS at, substr(n.captured_at, 1, 7) AS month
        FROM substitutions AS s
        JOIN changes AS c ON c.id = s.change
        JOIN snapshots AS n ON n.id = c.new_snapshot
    ), busiest AS (
        SELECT source, 1.0 * max(items) / sum(items) AS share
        FROM (SELECT source, count(DISTINCT item) AS items FROM placed GROUP BY source, month)
        GROUP BY source
    ), monthly AS (
        SELECT old_folded, new_folded, month, count(DISTINCT item) AS items
        FROM placed GROUP BY old_folded, new_folded, month
    ), months AS (
        SELECT a.old_folded, a.new_folded, max(a.items) AS items_at_once,
            coalesce(max(a.items) FILTER (WHERE b.items IS NULL), 1) AS one_way_at_once
        FROM monthly AS a
        LEFT JOIN monthly AS b ON b.old_folded = a.new_folded AND b.new_folded = a.old_folded
            AND b.month = a.month
        GROUP BY a.old_folded, a.new_folded
    ), places AS (
        SELECT old_folded, new_folded, avg(share) AS share
        FROM (SELECT DISTINCT old_folded, new_folded, source, item FROM placed)
        JOIN busiest USING (source)
        GROUP BY old_folded, new_folded
    ), counted AS (
        SELECT max(old) AS old, max(new) AS new, old_folded, new_folded, count(*) AS places,
            count(DISTINCT item) AS items, count(DISTINCT source) AS sources,
            min(at) AS first, max(at) AS last, row_number() OVER () AS pair
        FROM placed
        GROUP BY old_folded, new_folded
    ), beside AS (
        SELECT a.*, coalesce(b.places, 0) AS reverse_places, coalesce(b.items, 0) AS reverse_items,
            b.first AS reverse_first, b.last AS reverse_last, items_at_once,
            one_way_at_once, share,
            sum(a.items) OVER (PARTITION BY a.old_folded) AS replaced_items,
            sum(a.items) OVER (PARTITION BY a.new_folded) AS written_items,
            sum(a.items) OVER () AS all_items,
            sum(a.items) OVER no_more + a.items
                * (count(*) OVER (PARTITION BY a.old_folded) - count(*) OVER no_more)
                AS chosen_items,
            CASE WHEN lead(a.items) OVER rising IS NULL THEN coalesce(lag(a.items) OVER rising, 0)
                ELSE a.items END AS rival_items
        FROM counted AS a
        JOIN months USING (old_folded, new_folded)
        JOIN places USING (old_folded, new_folded)
        LEFT JOIN counted AS b ON b.old_folded = a.new_folded AND b.new_folded = a.old_folded
        WINDOW rising AS (PARTITION BY a.old_folded ORDER BY a.items),
            no_more AS (PARTITION BY a.old_folded ORDER BY a.items
                RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    ), tests AS (
        SELECT pair, 'recurrence' AS test, items - 1 AS moments, replaced_items - 1 AS trials,
            items - 1 AS wanted, written_items - items + 1 AS hits,
            all_items - replaced_items + 20 AS known, 1.0 AS factor, 1.0 AS start
        FROM beside
        UNION ALL
        SELECT pair, 'habit', items - 1, chosen_items - 1, items - 1, rival_items + 1,
            chosen_items - items + 20, 1.0, 1.0
        FROM beside
        UNION ALL
        SELECT pair, 'burst', items_at_once - 1, chosen_items - 1, items_at_once - 1,
            rival_items + 1, chosen_items - items + 20, share, 1.0 * chosen_items / items_at_once
        FROM beside WHERE share < 1
        UNION ALL
        SELECT pair, 'direction', one_way_at_once - 1, chosen_items - 1, one_way_at_once - 1,
            rival_items + 1, chosen_items - items + 20, share,
            2.0 * chosen_items / one_way_at_once
        FROM beside WHERE reverse_items > 0 AND share < 1
        UNION ALL
        SELECT pair, 'direction', items, items, items + reverse_items, 1, 1, 1.0, 2.0
        FROM beside WHERE last < reverse_first OR first > reverse_last
        UNION ALL
        SELECT pair, 'direction', items, items + reverse_items, items, 1, 1, 0.5, 1.0
        FROM beside WHERE reverse_items > 0
    ), bounded AS (
        SELECT *, 0 AS moment, start AS bound FROM tests
        UNION ALL
        SELECT pair, test, moments, trials, wanted, hits, known, factor, start, moment + 1,
            bound * factor * (trials - moment) / (wanted - moment)
                * (hits + moment) / (known + moment)
        FROM bounded WHERE moment < moments
    ), least AS (
        SELECT pair, min(1.0, min(bound) FILTER (WHERE test = 'recurrence')) AS recurrence,
            min(bound) FILTER (WHERE test = 'habit') AS habit,
            min(bound) FILTER (WHERE test = 'burst') AS burst,
            min(1.0, coalesce(min(bound) FILTER (WHERE test = 'direction'), 0.0)) AS direction
        FROM bounded GROUP BY pair
    ), judged AS (
        SELECT *, max(recurrence, direction,
                min(1.0, coalesce(2 * min(habit, burst), habit))) AS chance_at_most,
            min(replaced_items, written_items) > 1 AS may_recur
        FROM beside JOIN least USING (pair)
    ), ranked AS (
        SELECT *, rank() OVER (PARTITION BY may_recur ORDER BY chance_at_most) AS low,
            count(*) OVER (PARTITION BY may_recur) AS pairs
        FROM judged
    )
    SELECT old, new, old_folded, new_folded, places, items, sources, first, last,
        reverse_places, reverse_items, replaced_items, written_items, items_at_once,
        chance_at_most,
        items > 1 AND min(chance_at_most * pairs / low) OVER (
            PARTITION BY may_recur
            ORDER BY chance_at_most ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        ) <= 0.05 AS is_systematic
    FROM ranked
    ORDER BY is_systematic DESC, chance_at_most, items DESC, places DESC, old, new""",
)
