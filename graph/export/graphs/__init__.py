"""The view as files of other programs: graphs for Gephi and NetworkX, tables for spreadsheets.

Each is written piece by piece from DuckDB, in the order of ids: the same record, the same bytes.
"""
