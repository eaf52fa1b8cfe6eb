using System.Reflection;
using ScottPlot;
using SkiaSharp;

namespace NeuralNetFromScratch.Tool.Report;

/// <summary>
/// The typeface Inter (SIL Open Font License 1.1), which is part of the program, since a minimal system has no fonts and plots would have no labels. It is read from
/// the package Avalonia.Fonts.Inter, whose resources are an index of names, offsets and lengths, followed by the files.
/// </summary>
internal sealed class InterFont : IFontResolver
{
    private const string Name = "Inter";
    private static readonly Lazy<SKTypeface> RegularFace = new(() => Read("/Assets/Inter-Regular.ttf"));
    private static readonly Lazy<SKTypeface> BoldFace = new(() => Read("/Assets/Inter-SemiBold.ttf"));

    public static SKTypeface Regular => RegularFace.Value;

    public static SKTypeface Bold => BoldFace.Value;

    /// <summary>Sets the typeface of all plots.</summary>
    public static void UseInPlots()
    {
        if (Fonts.Default == Name)
            return;
        Fonts.FontResolvers.Insert(0, new InterFont());
        Fonts.Default = Name;
    }

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        CreateTypeface(fontName, weight >= FontWeight.SemiBold, slant != FontSlant.Upright);

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName != Name ? null : bold ? Bold : Regular;

    private static SKTypeface Read(string file)
    {
        Assembly package = Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, "Avalonia.Fonts.Inter.dll"));
        using Stream resources = package.GetManifestResourceStream("!AvaloniaResources")!;
        using var reader = new BinaryReader(resources);
        int filesOffset = reader.ReadInt32() + sizeof(int);
        reader.ReadInt32(); // The index's version.
        for (int remaining = reader.ReadInt32(); remaining > 0; remaining--)
        {
            string name = reader.ReadString();
            int offset = reader.ReadInt32(), length = reader.ReadInt32();
            if (name != file)
                continue;
            resources.Position = filesOffset + offset;
            using SKData data = SKData.CreateCopy(reader.ReadBytes(length));
            return SKTypeface.FromData(data);
        }

        throw new InvalidDataException($"{package.Location} has no {file}");
    }
}
