"""The lake in SQL: its tables as DuckDB views, with further views and macros over them."""
