using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace NeuralNetFromScratch.Fuzzing;

/// <summary>Changes bytes by chance: one seed and number give one change.</summary>
public sealed class Mutator
{
    private const int MaximumLength = 1 << 16;

    private static readonly ulong[] Interesting =
    [
        0, 1, 2, 3, 7, 8, 15, 16, 100, 127, 128, 255, 256, 1000, 32767, 65535, 65536, 100_000_000, 100_000_001, 0x7FFFFFC7, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
        0x100000000, 1UL << 40, 1UL << 61, 1UL << 62, long.MaxValue, 1UL << 63, ulong.MaxValue - 1, ulong.MaxValue,
    ];

    private readonly RandomSource _random;
    private ulong _next;

    public Mutator(ulong seed, ulong number) => _random = new RandomSource(seed).Fork(number);

    /// <summary>A number from 0 to below <paramref name="bound"/>.</summary>
    public int Below(int bound) => _random.Below(_next++, bound);

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>A number that readers trip over.</summary>
    public ulong Number() => Below(4) == 0 ? Pick(Interesting) - (ulong)Below(3) + 1 : Pick(Interesting);

    /// <summary>One to four changes, mostly one.</summary>
    public byte[] Mutate(byte[] file, IReadOnlyList<byte[]> words)
    {
        var bytes = new List<byte>(file);
        int changes = Below(3) > 0 ? 1 : 2 + Below(3);
        for (int i = 0; i < changes; i++)
            Change(bytes, words);
        return [.. bytes.Take(MaximumLength)];
    }

    private void Change(List<byte> bytes, IReadOnlyList<byte[]> words)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)Below(256));
            return;
        }

        int at = Below(bytes.Count), length = 1 + Below(Math.Min(bytes.Count - at, Below(4) == 0 ? 256 : 8));
        switch (Below(words.Count > 0 ? 12 : 10))
        {
            case 0:
                bytes[at] ^= (byte)(1 << Below(8));
                break;
            case 1:
                bytes[at] = (byte)Below(256);
                break;
            case 2:
                bytes[at] = (byte)Number();
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                bytes.InsertRange(at, Enumerable.Range(0, length).Select(_ => (byte)Below(256)).ToArray());
                break;
            case 5:
                bytes.InsertRange(Below(bytes.Count), bytes.GetRange(at, length));
                break;
            case 6:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 7:
                Overwrite(bytes, at, Integer());
                break;
            case 8 or 9:
                ReplaceDigits(bytes, at);
                break;
            case 10:
                Overwrite(bytes, at, Pick(words));
                break;
            default:
                bytes.InsertRange(at, Pick(words));
                break;
        }
    }

    /// <summary>A number of 4 or 8 bytes in either order.</summary>
    private byte[] Integer()
    {
        byte[] integer = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(integer, Number());
        byte[] cut = integer[..(Below(2) == 0 ? 4 : 8)];
        return Below(2) == 0 ? cut : [.. cut.Reverse()];
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] word)
    {
        for (int i = 0; i < word.Length && at + i < bytes.Count; i++)
            bytes[at + i] = word[i];
    }

    /// <summary>Puts another number in place of one that is written in digits.</summary>
    private void ReplaceDigits(List<byte> bytes, int at)
    {
        int begin = bytes.FindIndex(at, value => char.IsAsciiDigit((char)value));
        if (begin < 0)
            return;
        int end = begin;
        while (end < bytes.Count && char.IsAsciiDigit((char)bytes[end]))
            end++;
        bytes.RemoveRange(begin, end - begin);
        bytes.InsertRange(begin, Encoding.ASCII.GetBytes(Number().ToString(CultureInfo.InvariantCulture)));
    }
}
