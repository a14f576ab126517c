"""The document management plan: its form, its sets, its judgement."""
