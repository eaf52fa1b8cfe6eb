namespace NeuralNetFromScratch.Tables;

/// <summary>The type of a column, inferred from the cells so far.</summary>
internal sealed class TypeGuess(ColumnType? given)
{
    private bool _number = true, _boolean = true, _date = true, _any;

    public bool IsOpen => given is null;

    public ColumnType Type => given ?? (!_any ? ColumnType.Text : _number ? ColumnType.Number : _boolean ? ColumnType.Boolean : _date ? ColumnType.Date : ColumnType.Text);

    public void See(ReadOnlySpan<char> cell, bool isMissing, CsvOptions options)
    {
        if (!IsOpen || isMissing)
            return;
        _any = true;
        _number = _number && CsvText.TryNumber(cell, options.Culture, asked: false, out _);
        _boolean = _boolean && CsvText.TryBoolean(cell, asked: false, out _);
        _date = _date && CsvText.TryDate(cell, options.Culture, out _);
    }
}
