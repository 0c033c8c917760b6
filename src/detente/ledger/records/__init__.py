"""What a record of the ledger is: measures, stacking rules, judgements, statements, lists, cited rates."""
