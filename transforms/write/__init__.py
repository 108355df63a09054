"""Step Write: rows to Parquet files in a staging directory, and their commit to the lake."""
