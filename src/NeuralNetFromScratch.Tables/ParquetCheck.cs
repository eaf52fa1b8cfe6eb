using System.Buffers.Binary;
using Parquet.Meta;

namespace NeuralNetFromScratch.Tables;

/// <summary>
/// Checks the sizes in a Parquet file against the length of the file before memory is allocated for them: the structure of the footer, the number of rows, and the
/// pages of the columns that are read.
/// </summary>
internal static class ParquetCheck
{
    /// <summary>
    /// The maximum number of cells, rows times columns, for each byte of the file. Repeated values and codes take almost no space: a file of the minimum size, about
    /// 300 bytes, may have 300,000 equal rows of one column.
    /// </summary>
    public const int MostCellsOfAByte = 1000;

    /// <summary>
    /// The maximum number of decompressed bytes for each compressed byte in the formats that have such a maximum, and the bytes of their headers. Snappy copies 64
    /// bytes with three; a byte of LZ4 adds 255 to a length; 258 bytes of Deflate take two bits.
    /// </summary>
    private const long MostOfSnappy = 22, MostOfLz4 = 255, MostOfGzip = 1032, HeaderBytes = 64;

    /// <summary>The decompressed length that any page of texts in another format may have, and the maximum for each byte of a page that is longer.</summary>
    private const long SmallPageBytes = 16 << 20, MostOfAnother = 1100;

    /// <summary>The maximum size of a page of numbers in another format: for each value, and the blocks of its encoding.</summary>
    private const long MostOfAValue = 32, BlockBytes = 4096;

    private const int TailBytes = 8;

    private const int DataPage = 0, DictionaryPage = 2, DataPage2 = 3;

    /// <summary>Checks the structure of the footer.</summary>
    /// <exception cref="InvalidDataException">The file does not end as a Parquet file does, or its footer is malformed.</exception>
    public static void Footer(Stream stream)
    {
        Span<byte> tail = stackalloc byte[TailBytes];
        if (stream.Length < TailBytes)
            throw new InvalidDataException($"a Parquet file ends with its footer's length and \"PAR1\"; {stream.Length} bytes are no file");
        stream.Position = stream.Length - TailBytes;
        stream.ReadExactly(tail);
        int length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (!tail[4..].SequenceEqual("PAR1"u8))
            throw new InvalidDataException("a Parquet file ends with \"PAR1\"");
        if (length < 0 || length > stream.Length - TailBytes)
            throw new InvalidDataException($"a footer of {length} bytes does not fit into a file of {stream.Length}");
        stream.Position = stream.Length - TailBytes - length;
        var footer = new ThriftWalk(stream, stream.Length - TailBytes);
        footer.Read(ThriftLayout.Footer);
        if (stream.Position != stream.Length - TailBytes)
            throw new InvalidDataException($"{stream.Length - TailBytes - stream.Position} bytes of the footer are left");
        if (footer[2] is not > 0 || footer[3] is null || footer[4] is null)
            throw new InvalidDataException("the footer does not have a schema, a number of rows and a list of row groups");
        if (!footer.IsSchemaComplete)
            throw new InvalidDataException($"the schema has {footer[2]} elements, fewer than it announces");
        stream.Position = 0;
    }

    /// <summary>Checks the number of rows of all groups.</summary>
    /// <exception cref="InvalidDataException">A number of rows is negative, or there are more rows than the file can contain.</exception>
    public static void Rows(FileMetaData metadata, int columns, long fileLength)
    {
        long rows = 0, most = Math.Min(Array.MaxLength, fileLength * MostCellsOfAByte / columns);
        foreach (RowGroup group in metadata.RowGroups)
        {
            if (group.NumRows < 0 || group.NumRows > most - rows)
                throw new InvalidDataException($"a group has {group.NumRows} rows; a file of {fileLength} bytes may have {most} of {columns} columns, {MostCellsOfAByte} cells for a byte");
            rows += group.NumRows;
        }
    }

    /// <summary>Checks the pages of a column in one group.</summary>
    /// <exception cref="InvalidDataException">
    /// A page is not within the file, its decompressed length exceeds the maximum, or the number of values in the pages differs from the number of rows in the group.
    /// </exception>
    public static void Pages(Stream stream, ColumnMetaData column, long rows)
    {
        long position = column.DictionaryPageOffset is > 0 and long dictionary ? Math.Min(dictionary, column.DataPageOffset) : column.DataPageOffset, values = 0;
        if (column.NumValues != rows)
            throw new InvalidDataException($"{column.NumValues} values in a group of {rows} rows");
        while (values < rows)
        {
            if (position < 0 || position >= stream.Length)
                throw new InvalidDataException($"{values} values of {rows}, and then a page at byte {position} of {stream.Length}");
            stream.Position = position;
            var header = new ThriftWalk(stream, stream.Length);
            header.Read(ThriftLayout.Page);
            long packed = header[3] ?? -1, unpacked = header[2] ?? -1;
            long? count = header[1] switch { DataPage => header[5, 1], DictionaryPage => header[7, 1], DataPage2 => header[8, 1], _ => null };
            if (packed < 0 || packed > stream.Length - stream.Position)
                throw new InvalidDataException($"the page at byte {position} has {packed} bytes, of which {stream.Length - stream.Position} are there");
            if (unpacked < 0 || unpacked > MostUnpacked(column, packed, count ?? 0) || (column.Codec == CompressionCodec.UNCOMPRESSED && unpacked != packed))
                throw new InvalidDataException($"the page at byte {position} has {packed} bytes and cannot become {unpacked}");
            if (count is not >= 0 || (header[1] == DictionaryPage ? count > unpacked : count > rows - values))
                throw new InvalidDataException($"the page at byte {position} has {count} values; {rows - values} rows are left");
            values += header[1] == DictionaryPage ? 0 : count.Value;
            long begin = stream.Position;
            position = begin + packed;
            long levels = header[1] == DataPage2 ? (header[8, 5] ?? 0) + (header[8, 6] ?? 0) : 0;
            if (levels < 0 || levels > Math.Min(packed, unpacked))
                throw new InvalidDataException($"{levels} bytes of levels in the page of {packed} bytes at byte {begin}");
            // Compressed data in the Snappy format begin with the decompressed length. A page with two equal lengths may be uncompressed.
            if (column.Codec == CompressionCodec.SNAPPY && packed > levels && packed != unpacked)
            {
                stream.Position = begin + levels;
                if (new ThriftWalk(stream, position).ReadVarint() > (ulong)(unpacked - levels))
                    throw new InvalidDataException($"the page at byte {begin} cannot become longer than {unpacked} bytes");
            }
        }
    }

    /// <summary>Returns the maximum decompressed length of a page.</summary>
    private static long MostUnpacked(ColumnMetaData column, long packed, long values) => column.Codec switch
    {
        CompressionCodec.UNCOMPRESSED => packed,
        CompressionCodec.SNAPPY => packed * MostOfSnappy + HeaderBytes,
        CompressionCodec.LZ4 or CompressionCodec.LZ4_RAW => packed * MostOfLz4 + HeaderBytes,
        CompressionCodec.GZIP => packed * MostOfGzip + HeaderBytes,
        _ when column.Type is not (Parquet.Meta.Type.BYTE_ARRAY or Parquet.Meta.Type.FIXED_LEN_BYTE_ARRAY) => Math.Max(packed * MostOfAnother, Math.Clamp(values, 0, int.MaxValue) * MostOfAValue + BlockBytes),
        _ => Math.Max(packed * MostOfAnother, SmallPageBytes),
    };
}
