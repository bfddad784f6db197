"""The pages behind the visits: account, people, audit trail, records."""
