"""The lake in SQL: its tables as DuckDB views, and the views and macros made of them."""
