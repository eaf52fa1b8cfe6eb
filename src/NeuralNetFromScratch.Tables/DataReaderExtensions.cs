using System.Data;

namespace NeuralNetFromScratch.Tables;

/// <summary>Reads the results of database queries as tables.</summary>
public static class DataReaderExtensions
{
    /// <summary>Reads the remaining rows of a query.</summary>
    /// <param name="reader">The reader. It stays open.</param>
    /// <exception cref="ArgumentException">The query has no columns or two columns with the same name, or a value is not a number, text, Boolean value or date.</exception>
    public static TabularData ToTabularData(this IDataReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        List<object?>[] values = [.. Enumerable.Range(0, reader.FieldCount).Select(_ => new List<object?>())];
        string[] names = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
        while (reader.Read())
        {
            for (int column = 0; column < values.Length; column++)
                values[column].Add(reader.IsDBNull(column) ? null : reader.GetValue(column));
        }

        return new([.. names.Zip(values, TabularColumn.Create)]);
    }

    /// <summary>Reads a <see cref="DataTable"/>.</summary>
    /// <param name="table">The table.</param>
    /// <exception cref="ArgumentException">The table has no columns, or a value is not a number, text, Boolean value or date.</exception>
    public static TabularData ToTabularData(this DataTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        using DataTableReader reader = table.CreateDataReader();
        return reader.ToTabularData();
    }
}
