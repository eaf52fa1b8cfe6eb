using System.Buffers.Binary;
using System.Globalization;

namespace NeuralNetFromScratch.Mpi;

/// <summary>
/// Divides the cores of a machine among its processes. Each process sends a record to the others, which contains its machine and the processors to which its
/// launcher bound it.
/// </summary>
internal static class CoreShare
{
    private const int HashBytes = sizeof(ulong), MaskBytes = 512;

    /// <summary>The length of the record of a process.</summary>
    public const int RecordBytes = HashBytes + MaskBytes;

    /// <summary>Returns the record of this process: a hash of its machine, and a bit for each processor that it may use.</summary>
    /// <param name="read">Reads a file; returns null if it does not exist.</param>
    public static byte[] Record(Func<string, string?> read)
    {
        // The boot identifier of the kernel identifies the machine, even in containers, which have different host names.
        string machine = read("/proc/sys/kernel/random/boot_id") ?? Environment.MachineName;
        string? allowed = read("/proc/self/status")?.Split('\n').FirstOrDefault(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal));
        var record = new byte[RecordBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(record, Hash(machine));
        foreach (int processor in Processors(allowed?.Split(':')[1] ?? $"0-{Environment.ProcessorCount - 1}"))
            record[HashBytes + processor / 8] |= (byte)(1 << processor % 8);
        return record;
    }

    /// <summary>
    /// Returns the number of cores for a process: the number of cores that it may use, times its share of its processors. If n processes of the machine may use a
    /// processor, the share of each process in it is 1/n. The result is at least 1.
    /// </summary>
    /// <param name="cores">The number of cores that the process may use.</param>
    /// <param name="records">The records of all processes, in the order of ranks.</param>
    /// <param name="rank">The rank of the process.</param>
    public static int Cores(int cores, ReadOnlySpan<byte> records, int rank)
    {
        ReadOnlySpan<byte> own = records.Slice(rank * RecordBytes, RecordBytes);
        int processors = 0;
        double share = 0;
        for (int processor = 0; processor < MaskBytes * 8; processor++)
        {
            if (!Has(own, processor))
                continue;
            int users = 0;
            for (int other = 0; other < records.Length / RecordBytes; other++)
            {
                ReadOnlySpan<byte> record = records.Slice(other * RecordBytes, RecordBytes);
                users += record[..HashBytes].SequenceEqual(own[..HashBytes]) && Has(record, processor) ? 1 : 0;
            }

            processors++;
            share += 1.0 / users;
        }

        // Sums of fractions such as 1/3 or 1/7 are not exact.
        return processors == 0 ? cores : Math.Max(1, (int)(cores * share / processors + 1e-6));

        static bool Has(ReadOnlySpan<byte> record, int processor) => (record[HashBytes + processor / 8] >> processor % 8 & 1) != 0;
    }

    /// <summary>Returns the processors in a list such as "0-3,8". Processors for which a record has no bit are omitted.</summary>
    private static IEnumerable<int> Processors(string list)
    {
        foreach (string part in list.Trim().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-');
            if (Number(ends[0]) is { } first && Number(ends[^1]) is { } last)
            {
                for (int processor = first; processor <= Math.Min(last, MaskBytes * 8 - 1); processor++)
                    yield return processor;
            }
        }

        static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }

    /// <summary>Computes the 64-bit FNV-1a hash of a text.</summary>
    private static ulong Hash(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in text)
            hash = (hash ^ c) * 1099511628211;
        return hash;
    }
}
