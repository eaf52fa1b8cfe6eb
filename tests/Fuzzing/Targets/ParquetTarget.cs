using System.Buffers.Binary;
using NeuralNetFromScratch.Tables;
using Parquet;
using Parquet.Schema;

namespace NeuralNetFromScratch.Fuzzing.Targets;

/// <summary>
/// Parquet files: mutations of the footer mostly keep its length right, so that they get past it, and those of pages keep their places, so that they reach the
/// decoders of every encoding.
/// </summary>
internal sealed class ParquetTarget : FuzzTarget
{
    private const int TailBytes = 8;

    private static readonly int?[] _integers = [1, null, 3];
    private static readonly double[] _reals = [1.5, 2, double.NaN];
    private static readonly string?[] _texts = ["x", null, "x"];
    private static readonly bool[] _flags = [true, false, true];
    private static readonly decimal[] _decimals = [1m, 2.25m, 3m];
    private static readonly DateTime[] _dates = [new(2020, 2, 29, 1, 2, 3, DateTimeKind.Utc), DateTime.UnixEpoch, DateTime.UnixEpoch];

    public override string Name => "parquet";

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Write(CompressionMethod.None), Write(CompressionMethod.Snappy), Write(CompressionMethod.Gzip), Write(CompressionMethod.Zstd), Write(CompressionMethod.Brotli), Write(CompressionMethod.Lz4Raw),
        Write(CompressionMethod.None, EncodingHint.Dictionary), Write(CompressionMethod.None, EncodingHint.DeltaBinaryPacked), Write(CompressionMethod.None, EncodingHint.ByteSplitStream),
        Write(CompressionMethod.Gzip, EncodingHint.Dictionary),
    ];

    public override IReadOnlyList<byte[]> Words { get; } = [[0], [0x15], [0x16, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0x19, 0xFC], "PAR1"u8.ToArray(), "text"u8.ToArray()];

    /// <summary>A page of texts in Zstandard's or Brotli's format, which have no maximum ratio.</summary>
    public override long FixedBytes => 18_000_000;

    /// <summary>A byte may stand for a thousand cells, each of a nullable value of up to 24 bytes, in an array, a growing list and a column.</summary>
    public override long BytesPerByte => 100_000;

    public override void Read(byte[] file)
    {
        using var stream = new MemoryStream(file);
        ParquetFile.ReadAsync(stream).GetAwaiter().GetResult();
    }

    public override byte[] Mutate(byte[] seed, Mutator mutator)
    {
        int kind = mutator.Below(3);
        if (kind == 0)
            return mutator.Mutate(seed, Words);
        int length = BinaryPrimitives.ReadInt32LittleEndian(seed.AsSpan(seed.Length - TailBytes));
        if (kind == 1)
        {
            byte[] changed = [.. seed];
            for (int count = 1 + mutator.Below(4); count > 0; count--)
                changed[4 + mutator.Below(seed.Length - TailBytes - length - 4)] = mutator.Below(3) == 0 ? (byte)0xFF : (byte)mutator.Below(256);
            return changed;
        }

        byte[] footer = mutator.Mutate(seed[^(TailBytes + length)..^TailBytes], Words);
        byte[] file = [.. seed[..^(TailBytes + length)], .. footer, .. seed[^TailBytes..]];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(file.Length - TailBytes), footer.Length);
        return file;
    }

    private static byte[] Write(CompressionMethod compression, EncodingHint encoding = EncodingHint.Default) => WriteAsync(compression, encoding).GetAwaiter().GetResult();

    private static async Task<byte[]> WriteAsync(CompressionMethod compression, EncodingHint encoding)
    {
        var schema = new ParquetSchema(
            new DataField<int?>("number"), new DataField<string>("text"), new DataField<double>("real"), new DataField<DateTime>("date"), new DataField<decimal>("money"), new DataField<bool>("flag"));
        using var file = new MemoryStream();
        var options = new ParquetOptions { CompressionMethod = compression, DictionaryEncodingThreshold = 1 };
        string[] columns = encoding switch
        {
            EncodingHint.Dictionary => ["text"],
            EncodingHint.DeltaBinaryPacked => ["number"],
            EncodingHint.ByteSplitStream => ["real"],
            _ => [],
        };
        foreach (string column in columns)
            options.ColumnEncodingHints[column] = encoding;
        ParquetWriter writer = await ParquetWriter.CreateAsync(schema, file, options).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            for (int group = 0; group < 2; group++)
            {
                using ParquetRowGroupWriter rows = writer.CreateRowGroup();
                await rows.WriteAsync<int>(schema.DataFields[0], _integers).ConfigureAwait(false);
                await rows.WriteAsync(schema.DataFields[1], _texts).ConfigureAwait(false);
                await rows.WriteAsync<double>(schema.DataFields[2], _reals).ConfigureAwait(false);
                await rows.WriteAsync<DateTime>(schema.DataFields[3], _dates).ConfigureAwait(false);
                await rows.WriteAsync<decimal>(schema.DataFields[4], _decimals).ConfigureAwait(false);
                await rows.WriteAsync<bool>(schema.DataFields[5], _flags).ConfigureAwait(false);
            }
        }

        return file.ToArray();
    }
}
