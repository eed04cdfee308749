"""The sandbox, held against the platform's specification and against the clients that know the platform best."""
