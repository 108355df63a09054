"""What words say without a parse: times, days, numbers of casualties, datelines."""
