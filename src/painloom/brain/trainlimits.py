"""A train of pulses against the published limits of single trains."""

from painloom.knowledge.target_cards import LimitCard, Train, TrainLimit

INSIDE, ABOVE, OUTSIDE = "inside", "above", "outside the table"


def check_train(train: Train, limits: LimitCard) -> tuple[str, str]:
    """(verdict, sentence): inside or above the limit, or outside the table, where nothing is inferred.

    A frequency must stand in the table.  An intensity between two rows is judged by the higher row; below the lowest and above the highest
    row the table says nothing.
    """
    said = f"{train.train_s:g} s at {train.frequency_hz:g} Hz and {train.percent_rmt:g} % of resting motor threshold"
    rows = sorted((row for row in limits.rows if row.train.frequency_hz == train.frequency_hz), key=lambda row: row.train.percent_rmt)
    if not rows:
        return OUTSIDE, f"train of {said}: the published table has no row for this frequency; a clinician decides"
    if train.percent_rmt < rows[0].train.percent_rmt:
        text = f"the published table begins at {rows[0].train.percent_rmt:g} % ({_row(rows[0])}); a clinician decides"
        return OUTSIDE, f"train of {said}: {text}"
    higher = next((row for row in rows if row.train.percent_rmt >= train.percent_rmt), None)
    if higher is None:
        return OUTSIDE, f"train of {said}: above the highest intensity of the published table; a clinician decides"
    if train.train_s <= higher.train.train_s:
        return INSIDE, f"train of {said}: inside the published limit ({_row(higher)} at {higher.train.percent_rmt:g} %)"
    beyond = "longer than what was tested" if higher.is_tested_only else "longer than the published limit"
    return ABOVE, f"train of {said}: {beyond} ({_row(higher)} at {higher.train.percent_rmt:g} %); do not use without a specialist"


def _row(row: TrainLimit) -> str:
    return f"{'tested up to' if row.is_tested_only else 'at most'} {row.train.train_s:g} s"
