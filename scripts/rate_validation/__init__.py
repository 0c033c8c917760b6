"""Our rates beside the published record: samples by line, series of averages, errors found in references."""
