"""Why a derivative is wrong."""
def reasons(procedure):
    return procedure.report.reasons
