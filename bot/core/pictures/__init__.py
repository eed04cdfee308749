"""Pictures that are drawn for a phone: invitations and statements. Values come in as words; nothing is looked up here."""
