"""Step Write: writes rows as Parquet files to a staging directory and commits them to the lake."""
