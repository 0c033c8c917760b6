"""What a solve gives: tables, welfare, incomes."""
