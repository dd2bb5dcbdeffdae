"""What holds for every model, seed and exposure of dbt_project: rules over dbt's manifest."""
