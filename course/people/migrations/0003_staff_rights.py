"""Whoever was an instructor before there were rights keeps all of them."""

from django.db import migrations


def give(apps, _schema_editor):
    apps.get_model("people", "Enrolment").objects.filter(role="instructor").update(content=3, data=2)


class Migration(migrations.Migration):
    dependencies = [("people", "0002_courses")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
